import en from '../en/faults.json'
import zh from '../zh/faults.json'
import { part } from '../part'

export default part('faults', zh, en)
