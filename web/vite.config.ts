import { defineConfig, type Plugin } from 'vite';

/** The saved theme must be set before the first paint, else a dark page flashes white. */
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
    // No data: URLs and no inline polyfill: the page runs under "default-src 'none'".
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': process.env['PERFTREND_URL'] ?? 'http://127.0.0.1:8080' } },
});
