import en from '../en/keys.json'
import zh from '../zh/keys.json'
import { part } from '../part'

export default part('keys', zh, en)
