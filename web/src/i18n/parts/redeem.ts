import en from '../en/redeem.json'
import zh from '../zh/redeem.json'
import { part } from '../part'

export default part('redeem', zh, en)
