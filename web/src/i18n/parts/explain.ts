import en from '../en/explain.json'
import zh from '../zh/explain.json'
import { part } from '../part'

export default part('explain', zh, en)
