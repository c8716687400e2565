import en from '../en/overview.json'
import zh from '../zh/overview.json'
import { part } from '../part'

export default part('overview', zh, en)
