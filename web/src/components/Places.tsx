import { ActionIcon, Drawer } from '@mantine/core'
import { IconMenu2 } from '@tabler/icons-react'
import { type MouseEvent, type ReactNode, useContext, useState } from 'react'

import { useSession } from '../api/session'
import { messages } from '../messages'
import { ICONS, NEEDED, type Place, PLACES } from '../places'
import { reaches, RoleContext } from '../roles'
import type { Show } from '../useView'
import { DEFAULTS, EVERYTHING, writeView } from '../view'
import classes from './Places.module.css'
import { Who } from './Who'

interface Props {
  place: Place
  show: Show
}

/** The ways to every place, beside the page. */
export function PlaceRail(props: Props) {
  return (
    <nav className={classes.rail} aria-label={messages.places.label}>
      <PlaceList {...props} />
    </nav>
  )
}

/** The same in a drawer, where there is no room beside the page. */
export function PlaceMenu({ place, show }: Props) {
  const [opened, open] = useState(false)
  return (
    <>
      <ActionIcon
        className={classes.menu ?? ''}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={messages.places.open}
        onClick={() => open(true)}
      >
        <IconMenu2 size={20} stroke={1.6} />
      </ActionIcon>
      <Drawer.Root
        opened={opened}
        onClose={() => open(false)}
        size="16rem"
        lockScroll={false} // as in Details
      >
        <Drawer.Overlay backgroundOpacity={0.35} />
        <Drawer.Content aria-label={messages.places.label}>
          <div className={classes.head}>
            <Drawer.CloseButton aria-label={messages.places.close} />
          </div>
          <Drawer.Body>
            <PlaceList
              place={place}
              show={(wanted) => {
                open(false)
                show(wanted)
              }}
            />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
    </>
  )
}

/** The places that are for whoever looks, and who that is. */
function PlaceList({ place, show }: Props) {
  const session = useSession().data
  const role = useContext(RoleContext)
  const shown = PLACES.filter((name) => name !== 'account' && reaches(role, NEEDED[name] ?? 'viewer'))
  return (
    <>
      <ul className={classes.list}>
        {shown.map((name) => (
          <li key={name}>
            <PlaceLink name={name} isHere={name === place} show={show} />
          </li>
        ))}
      </ul>
      {typeof session?.user === 'number' && (
        <Who>
          <PlaceLink name="account" isHere={place === 'account'} show={show}>
            <span>
              {session.name}
              {session.role !== 'nobody' && <small>{messages.session.role[session.role]}</small>}
            </span>
          </PlaceLink>
        </Who>
      )}
    </>
  )
}

interface LinkProps {
  name: Place
  isHere: boolean
  show: Show
  children?: ReactNode
}

function PlaceLink({ name, isHere, show, children = messages.places[name] }: LinkProps) {
  const Symbol = ICONS[name]
  const go = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return // a tab or a window of its own
    event.preventDefault()
    show({ ...EVERYTHING, by: DEFAULTS.by, place: name })
  }
  return (
    <a
      className={classes.link}
      href={writeView({ ...DEFAULTS, place: name }) || '?'}
      aria-current={isHere ? 'page' : undefined}
      onClick={go}
    >
      <Symbol size={18} stroke={1.6} />
      {children}
    </a>
  )
}
