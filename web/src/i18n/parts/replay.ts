import en from '../en/replay.json'
import zh from '../zh/replay.json'
import { part } from '../part'

export default part('replay', zh, en)
