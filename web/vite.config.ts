import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vite'

// A running `favord dev` that `npm run dev` passes calls on to.
const server = process.env.FAVORD_MANAGE_URL ?? 'http://127.0.0.1:18081'

export default defineConfig({
  plugins: [
    vue({ features: { optionsAPI: true } }),
    components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: 'css', directives: false })] }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_PROD_DEVTOOLS__: 'false',
  },
  build: { target: 'es2022', license: { fileName: 'licenses.md' }, assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 600, reportCompressedSize: false },
  server: { proxy: { '/manage/v1': server, '/openapi.json': server, '/readyz': server } },
})
