import coupons from './zh/coupons.json'
import merchants from './zh/merchants.json'
import overview from './zh/overview.json'
import shell from './zh/shell.json'
import stocks from './zh/stocks.json'
import users from './zh/users.json'

export default { coupons, merchants, overview, shell, stocks, users }
