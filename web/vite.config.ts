import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  base: './', // the page may live under any path
  plugins: [react()],
  build: { emptyOutDir: true, assetsInlineLimit: 0 },
  server: { proxy: { '/api': 'http://127.0.0.1:5000', '/openapi.json': 'http://127.0.0.1:5000' } },
})
