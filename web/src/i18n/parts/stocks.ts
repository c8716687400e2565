import en from '../en/stocks.json'
import zh from '../zh/stocks.json'
import { part } from '../part'

export default part('stocks', zh, en)
