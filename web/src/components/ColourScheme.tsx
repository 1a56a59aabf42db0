import { ActionIcon, type MantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'

import { messages } from '../messages'
import { useTheme } from '../theme'

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: 'light', light: 'dark', dark: 'auto' }
const ICONS = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon }

export function ColourScheme() {
  const [theme, choose] = useTheme()
  const Icon = ICONS[theme]
  const label = messages.colours[theme]
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => choose(NEXT[theme])}
    >
      <Icon size={20} stroke={1.6} />
    </ActionIcon>
  )
}
