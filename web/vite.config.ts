import { defineConfig, type Plugin } from 'vite';

/** Delays the first paint until the saved theme is applied; otherwise a dark page flashes white. */
const paint_after_script: Plugin = {
  name: 'paint-after-script',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

export default defineConfig({
  plugins: [paint_after_script],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2022',
    // The Content-Security-Policy "default-src 'none'" forbids data: URLs and inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': process.env['PERFTREND_URL'] ?? 'http://127.0.0.1:8080' } },
});
