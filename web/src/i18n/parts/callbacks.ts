import en from '../en/callbacks.json'
import zh from '../zh/callbacks.json'
import { part } from '../part'

export default part('callbacks', zh, en)
