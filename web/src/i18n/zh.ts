import api from './zh/api.json'
import audit from './zh/audit.json'
import callbacks from './zh/callbacks.json'
import codes from './zh/codes.json'
import coupons from './zh/coupons.json'
import draft from './zh/draft.json'
import edit from './zh/edit.json'
import errors from './zh/errors.json'
import explain from './zh/explain.json'
import faults from './zh/faults.json'
import figures from './zh/figures.json'
import forge from './zh/forge.json'
import keys from './zh/keys.json'
import merchants from './zh/merchants.json'
import overview from './zh/overview.json'
import payments from './zh/payments.json'
import people from './zh/people.json'
import proof from './zh/proof.json'
import redeem from './zh/redeem.json'
import replay from './zh/replay.json'
import requests from './zh/requests.json'
import scenario from './zh/scenario.json'
import shell from './zh/shell.json'
import stocks from './zh/stocks.json'
import time from './zh/time.json'
import users from './zh/users.json'
import whatif from './zh/whatif.json'

export default {
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
