import en from '../en/forge.json'
import zh from '../zh/forge.json'
import { part } from '../part'

export default part('forge', zh, en)
