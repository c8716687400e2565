import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import '@/styles/tokens.css'
import '@/styles/base.css'
import '@/styles/table.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { callAs } from '@/api/client'
import { speak } from '@/i18n'
import { newRouter } from '@/router'
import { usePreferences } from '@/stores/preferences'
import { useSession } from '@/stores/session'
import App from './App.vue'

async function start(): Promise<void> {
  const app = createApp(App).use(createPinia())
  const preferences = usePreferences()
  const session = useSession()
  callAs({
    language: () => preferences.language,
    token: () => session.token,
    expelled: () => (session.locked = true),
    doubted: () => (session.doubted = true),
  })
  await Promise.all([speak(preferences.language), session.open()])
  app.use(newRouter(session.sandbox)).mount('#app')
}

void start()
