import en from '../en/scenario.json'
import zh from '../zh/scenario.json'
import { part } from '../part'

export default part('scenario', zh, en)
