import './mantine.css'
import './page.css'
import './touch.css'

import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { queryClient } from './api/queries'
import { Door } from './components/Door'
import { keepShell } from './install'

const root = document.getElementById('page')
if (!root) throw new Error('index.html has no element for the page')

// Mantine's variables and classes come from style sheets, because the content security policy
// allows no style element that a script has made.
createRoot(root).render(
  <StrictMode>
    <MantineProvider defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queryClient}>
        <Door />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

keepShell()
