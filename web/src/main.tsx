import './shared/base.css';
import './shared/card.css';
import { render } from 'preact';
import { App } from './App';
import { follow_links } from './routing/location';
import { start_theme } from './shared/theme';

start_theme();
follow_links();
const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element #app');
render(<App />, root);
