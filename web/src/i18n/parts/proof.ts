import en from '../en/proof.json'
import zh from '../zh/proof.json'
import { part } from '../part'

export default part('proof', zh, en)
