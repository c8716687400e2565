import { Bell, CircleCheck, CircleCheckFilled, CollectionTag, Connection, Document, Finished, Goods, Odometer, OfficeBuilding, Avatar, Stopwatch, Tickets, User, VideoCamera, View, Wallet, Warning } from '@element-plus/icons-vue'
import type { Component } from 'vue'
import type { Key as TextKey } from '@/i18n'

export interface Place {
  path: string
  title: TextKey<'shell'>
  icon: Component
  /** The letter after g that leads there. */
  letter?: string
  sandbox?: boolean
  /** Who lacks this duty does not see it. */
  duty?: string
}

export interface Group {
  title: TextKey<'shell'>
  places: Place[]
}

/** The rail: three groups, by person. */
export const groups: Group[] = [
  {
    title: 'shell.nav.marketing',
    places: [
      { path: '/', title: 'shell.nav.overview', icon: Odometer, letter: 'o' },
      { path: '/stocks', title: 'shell.nav.stocks', icon: Goods, letter: 's' },
      { path: '/coupons', title: 'shell.nav.coupons', icon: Tickets, letter: 'c' },
      { path: '/redeem', title: 'shell.nav.redeem', icon: CircleCheck, letter: 'd' },
      { path: '/payments', title: 'shell.nav.payments', icon: Wallet, letter: 'p', duty: 'BOOKS' },
      { path: '/users', title: 'shell.nav.users', icon: User, letter: 'u' },
    ],
  },
  {
    title: 'shell.nav.develop',
    places: [
      { path: '/dev/requests', title: 'shell.nav.requests', icon: Document, letter: 'r', sandbox: true },
      { path: '/dev/explain', title: 'shell.nav.explain', icon: View, letter: 'e', sandbox: true },
      { path: '/dev/callbacks', title: 'shell.nav.callbacks', icon: Bell, letter: 'k' },
      { path: '/dev/time', title: 'shell.nav.time', icon: Stopwatch, letter: 't', sandbox: true },
      { path: '/dev/faults', title: 'shell.nav.faults', icon: Warning, letter: 'f', sandbox: true },
      { path: '/dev/scenario', title: 'shell.nav.scenario', icon: VideoCamera, sandbox: true },
      { path: '/dev/api', title: 'shell.nav.api', icon: Connection, letter: 'a' },
      { path: '/dev/errors', title: 'shell.nav.errors', icon: CollectionTag },
    ],
  },
  {
    title: 'shell.nav.platform',
    places: [
      { path: '/merchants', title: 'shell.nav.merchants', icon: OfficeBuilding, letter: 'm' },
      { path: '/audit', title: 'shell.nav.audit', icon: Finished, letter: 'l', duty: 'AUDIT' },
      { path: '/proof', title: 'shell.nav.proof', icon: CircleCheckFilled, duty: 'AUDIT' },
      { path: '/people', title: 'shell.nav.people', icon: Avatar, duty: 'OPERATORS' },
    ],
  },
]
