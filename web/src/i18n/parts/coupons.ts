import en from '../en/coupons.json'
import zh from '../zh/coupons.json'
import { part } from '../part'

export default part('coupons', zh, en)
