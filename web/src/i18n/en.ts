import coupons from './en/coupons.json'
import merchants from './en/merchants.json'
import overview from './en/overview.json'
import shell from './en/shell.json'
import stocks from './en/stocks.json'
import users from './en/users.json'

const texts: typeof import('./zh').default = { coupons, merchants, overview, shell, stocks, users }

export default texts
