import en from '../en/payments.json'
import zh from '../zh/payments.json'
import { part } from '../part'

export default part('payments', zh, en)
