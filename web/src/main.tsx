import { render } from 'preact';
import { App } from './App';
import { follow_links } from './routing/location';
import { start_theme } from './shared/theme';
import './style/base.css';
import './style/parts.css';
import './style/life.css';
import './style/trends.css';

start_theme();
follow_links();
const root = document.getElementById('app');
if (root === null) throw new Error('index.html holds no #app');
render(<App />, root);
