import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import type { Key } from '@/i18n'

declare module 'vue-router' {
  interface RouteMeta {
    title?: Key<'shell'>
  }
}

const everywhere: RouteRecordRaw[] = [
  { path: '/', component: () => import('@/pages/overview/Overview.vue'), meta: { title: 'shell.nav.overview' } },
  { path: '/stocks', component: () => import('@/pages/stocks/Stocks.vue'), meta: { title: 'shell.nav.stocks' } },
  { path: '/stocks/new', component: () => import('@/pages/stocks/new/New.vue'), meta: { title: 'shell.nav.create' } },
  { path: '/stocks/new/:draft', component: () => import('@/pages/stocks/new/Wizard.vue'), props: true, meta: { title: 'shell.nav.create' } },
  { path: '/stocks/:id', component: () => import('@/pages/stocks/Stock.vue'), props: true, meta: { title: 'shell.nav.stocks' } },
  { path: '/stocks/:id/codes', component: () => import('@/pages/stocks/codes/Codes.vue'), props: true, meta: { title: 'shell.nav.codes' } },
  { path: '/coupons', component: () => import('@/pages/coupons/Coupons.vue'), meta: { title: 'shell.nav.coupons' } },
  { path: '/coupons/:stock/:code', component: () => import('@/pages/coupons/Coupon.vue'), props: true, meta: { title: 'shell.nav.coupons' } },
  { path: '/vouchers/:id', component: () => import('@/pages/coupons/Voucher.vue'), props: true, meta: { title: 'shell.nav.coupons' } },
  { path: '/payments', component: () => import('@/pages/payments/Payments.vue'), meta: { title: 'shell.nav.payments' } },
  { path: '/users', component: () => import('@/pages/users/Users.vue'), meta: { title: 'shell.nav.users' } },
  { path: '/dev/callbacks', component: () => import('@/pages/dev/callbacks/Callbacks.vue'), meta: { title: 'shell.nav.callbacks' } },
  { path: '/dev/callbacks/:event', component: () => import('@/pages/dev/callbacks/Delivery.vue'), props: true, meta: { title: 'shell.nav.callbacks' } },
  { path: '/redeem', component: () => import('@/pages/redeem/Desk.vue'), meta: { title: 'shell.nav.redeem' } },
  { path: '/dev/api/:operation?', component: () => import('@/pages/dev/api/Explorer.vue'), props: true, meta: { title: 'shell.nav.api' } },
  { path: '/dev/errors', component: () => import('@/pages/dev/errors/Errors.vue'), meta: { title: 'shell.nav.errors' } },
  { path: '/audit/:place(\\d+)?', component: () => import('@/pages/audit/Audit.vue'), props: true, meta: { title: 'shell.nav.audit' } },
  { path: '/people', component: () => import('@/pages/people/People.vue'), meta: { title: 'shell.nav.people' } },
  { path: '/account', component: () => import('@/pages/people/Account.vue'), meta: { title: 'shell.nav.account' } },
  { path: '/proof', component: () => import('@/pages/proof/Prove.vue'), meta: { title: 'shell.nav.proof' } },
  { path: '/merchants', component: () => import('@/pages/merchants/Merchants.vue'), meta: { title: 'shell.nav.merchants' } },
  { path: '/merchants/:mchid', component: () => import('@/pages/merchants/Merchant.vue'), props: true, meta: { title: 'shell.nav.merchants' } },
]

/** Pages that exist in a sandbox only. */
const sandboxOnly: RouteRecordRaw[] = [
  { path: '/dev/requests/:id?', component: () => import('@/pages/dev/requests/Requests.vue'), props: true, meta: { title: 'shell.nav.requests' } },
  { path: '/dev/explain', component: () => import('@/pages/dev/explain/Explain.vue'), meta: { title: 'shell.nav.explain' } },
  { path: '/dev/time', component: () => import('@/pages/dev/time/Time.vue'), meta: { title: 'shell.nav.time' } },
  { path: '/dev/scenario', component: () => import('@/pages/dev/scenario/Scenario.vue'), meta: { title: 'shell.nav.scenario' } },
  { path: '/dev/faults', component: () => import('@/pages/dev/faults/Faults.vue'), meta: { title: 'shell.nav.faults' } },
]

const nowhere: RouteRecordRaw = { path: '/:rest(.*)*', component: () => import('@/pages/Nowhere.vue'), meta: { title: 'shell.nowhere.title' } }

export function newRouter(sandbox: boolean) {
  return createRouter({
    history: createWebHistory(),
    routes: [...everywhere, ...(sandbox ? sandboxOnly : []), nowhere],
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  })
}
