import en from '../en/api.json'
import zh from '../zh/api.json'
import { part } from '../part'

export default part('api', zh, en)
