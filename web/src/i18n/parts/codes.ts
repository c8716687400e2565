import en from '../en/codes.json'
import zh from '../zh/codes.json'
import { part } from '../part'

export default part('codes', zh, en)
