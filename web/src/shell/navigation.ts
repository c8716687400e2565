import { Goods, Odometer, OfficeBuilding, Tickets, User } from '@element-plus/icons-vue'
import type { Component } from 'vue'
import type { Key as TextKey } from '@/i18n'

export interface Place {
  path: string
  title: TextKey
  icon: Component
  /** The letter after g that leads there. */
  letter?: string
  sandbox?: boolean
}

export interface Group {
  title: TextKey
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
      { path: '/users', title: 'shell.nav.users', icon: User, letter: 'u' },
    ],
  },
  {
    title: 'shell.nav.platform',
    places: [{ path: '/merchants', title: 'shell.nav.merchants', icon: OfficeBuilding, letter: 'm' }],
  },
]
