import api from './en/api.json'
import audit from './en/audit.json'
import callbacks from './en/callbacks.json'
import codes from './en/codes.json'
import coupons from './en/coupons.json'
import draft from './en/draft.json'
import edit from './en/edit.json'
import errors from './en/errors.json'
import explain from './en/explain.json'
import faults from './en/faults.json'
import figures from './en/figures.json'
import forge from './en/forge.json'
import keys from './en/keys.json'
import merchants from './en/merchants.json'
import overview from './en/overview.json'
import payments from './en/payments.json'
import people from './en/people.json'
import proof from './en/proof.json'
import redeem from './en/redeem.json'
import replay from './en/replay.json'
import requests from './en/requests.json'
import scenario from './en/scenario.json'
import shell from './en/shell.json'
import stocks from './en/stocks.json'
import time from './en/time.json'
import users from './en/users.json'
import whatif from './en/whatif.json'

const texts: typeof import('./zh').default = {
  api,
  audit,
  callbacks,
  codes,
  coupons,
  draft,
  edit,
  errors,
  explain,
  faults,
  figures,
  forge,
  keys,
  merchants,
  overview,
  payments,
  people,
  proof,
  redeem,
  replay,
  requests,
  scenario,
  shell,
  stocks,
  time,
  users,
  whatif,
}

export default texts
