import en from '../en/whatif.json'
import zh from '../zh/whatif.json'
import { part } from '../part'

export default part('whatif', zh, en)
