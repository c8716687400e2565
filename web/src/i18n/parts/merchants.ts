import en from '../en/merchants.json'
import zh from '../zh/merchants.json'
import { part } from '../part'

export default part('merchants', zh, en)
