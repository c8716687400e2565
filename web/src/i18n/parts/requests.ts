import en from '../en/requests.json'
import zh from '../zh/requests.json'
import { part } from '../part'

export default part('requests', zh, en)
