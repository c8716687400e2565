import en from '../en/time.json'
import zh from '../zh/time.json'
import { part } from '../part'

export default part('time', zh, en)
