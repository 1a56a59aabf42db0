import { ActionIcon } from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import type { ReactNode } from 'react'

import { useLogOut } from '../api/session'
import { messages } from '../messages'
import classes from './Who.module.css'

const texts = messages.session

/** Who is logged in, the way to their account, and the way out. */
export function Who({ children }: { children: ReactNode }) {
  const logOut = useLogOut()
  return (
    <div className={classes.who}>
      <div className={classes.account}>{children}</div>
      <ActionIcon
        className={classes.out ?? ''}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={texts.logOut}
        title={texts.logOut}
        loading={logOut.isPending}
        onClick={() => logOut.mutate()}
      >
        <IconLogout size={18} stroke={1.6} />
      </ActionIcon>
    </div>
  )
}
