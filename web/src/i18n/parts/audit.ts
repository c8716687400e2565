import en from '../en/audit.json'
import zh from '../zh/audit.json'
import { part } from '../part'

export default part('audit', zh, en)
