# SPDX-License-Identifier: GPL-2.0
"""The results as tables. All times are minima of rounds, in ns per packet."""

from peers import PEERS

WAYS = ('protect', 'unprotect')
# of a call, a second and direction
CALL_PACKETS = 50


def row(cells, widths):
    return '  '.join(str(cell).rjust(width) if n else str(cell).ljust(width)
                     for n, (cell, width) in enumerate(zip(cells, widths)))


def grid(title, heads, rows):
    """A title and a table; nothing for no rows."""
    if not rows:
        return []
    rows = [[cell if isinstance(cell, str) else '%d' % cell if
             isinstance(cell, int) else '%.2f' % cell if cell < 20 else
             '%.0f' % cell for cell in cells] for cells in rows]
    widths = [max(len(str(cells[n])) for cells in [heads] + rows)
              for n in range(len(heads))]
    return ['', title, '', row(heads, widths), row(['-' * width for width in
                                                    widths], widths)] + \
        [row(cells, widths) for cells in rows]


def of(results, what):
    return [one for one in results['found'] if one['what'] == what]


def low(one, name):
    return one['ns'][name]['min'] if name in one['ns'] else None


def ratio(one, name, other):
    a, b = low(one, name), low(one, other)
    return a / b if a and b else '-'


def packets(results):
    rows = []
    for one in of(results, 'packets'):
        for way in WAYS:
            rows.append([one['suite'], way, one['payload'], one['sessions'],
                         low(one, way), one['ns'][way]['median'],
                         low(one, 'floor-' + way), low(one, 'api-' + way),
                         low(one, 'openssl-' + way) or '-',
                         low(one, 'debian-' + way) or '-',
                         ratio(one, way, 'floor-' + way),
                         ratio(one, way, 'openssl-' + way),
                         ratio(one, way, 'debian-' + way)])
    return grid('sk_buff in, hook, sk_buff out', [
        'suite', 'way', 'bytes', 'sessions', 'ksrtp', '(median)', 'floor',
        'crypto API', 'libsrtp+OpenSSL', 'libsrtp packaged', '/floor',
        '/OpenSSL', '/packaged'], rows)


def scale(results):
    return grid('Many sessions in random order, 160 bytes: against one, and against '
                'the crypto alone with as many keys', [
                    'suite', 'sessions', 'protect', 'unprotect',
                    'protect /cold keys', 'unprotect /cold keys'], [
            [one['suite'], one['sessions']] +
            [ratio(one, way, base + way) for base in ('one-', 'cold-floor-')
             for way in WAYS]
            for one in of(results, 'packets') if 'one-protect' in one['ns']])


def model(results):
    """Per packet a constant, and per byte another."""
    ends = {}
    for one in of(results, 'packets'):
        if one['sessions'] == 1:
            ends.setdefault(one['suite'], {})[one['payload']] = one
    rows = []
    for suite, found in ends.items():
        if len(found) < 2:
            continue
        short, long = min(found), max(found)
        for who, prefix in ('ksrtp', ''), ('bare crypto', 'floor-'):
            for way in WAYS:
                per_byte = (low(found[long], prefix + way) -
                            low(found[short], prefix + way)) / (long - short)
                rows.append([suite, who, way, low(found[short], prefix + way) -
                             short * per_byte, '%.3f' % per_byte])
    return grid('Cost model: ns per packet = a + b * bytes of payload', [
        'suite', 'who', 'way', 'a', 'b'], rows)


def load(results):
    """What a core carries, if it does nothing else."""
    rows = []
    for one in of(results, 'packets'):
        if one['payload'] != 160 or one['sessions'] < 10000:
            continue
        both = sum(low(one, way) for way in WAYS)
        rows.append([one['suite'], one['sessions'],
                     int(1e9 / (CALL_PACKETS * both))])
    return grid('Calls of 20 ms packets, two ways, that would fill one core', [
        'suite', 'sessions', 'calls'], rows)


def sessions(results):
    return grid('Sessions, both directions keyed, over netlink', [
        'suite', 'sessions', 'module', 'added per second', 'bytes each'],
        [[one['suite'], one['count'],
          results['machine']['beside'][:12] if one['beside'] else 'ksrtp',
          one['count'] / one['seconds'],
          one['bytes'] / one['count']] for one in of(results, 'sessions')
         if one['count'] >= 100])


def gateway(results):
    rows = []
    for one in of(results, 'gateway'):
        plain = low(one, 'forward-plain')
        rows.append([one['suite'], one['payload'], plain] + [
            low(one, 'forward-' + way) for way in WAYS] + [
            low(one, 'forward-' + way) - plain for way in WAYS])
    return grid('From device to device, forwarded', [
        'suite', 'bytes', 'not ours', 'protected', 'unprotected',
        'protected, more by', 'unprotected, more by'], rows)


def proxy(results):
    rows = []
    for one in of(results, 'proxy'):
        rows += [[one['suite'], text, one['payload'],
                  low(one, 'forward-' + way), low(one, 'proxy-' + way),
                  ratio(one, 'forward-' + way, 'proxy-' + way)]
                 for way, text in (('protect', 'RTP to SRTP'),
                                   ('unprotect', 'SRTP to RTP'))]
    return grid("Beside rtpengine's module, from device to device", [
        'suite', 'way', 'bytes', 'ksrtp', 'rtpengine', 'ratio'], rows)


def media(results):
    rows = []
    for one in of(results, 'media'):
        rows += [[one['suite'], text, one['payload'], low(one, 'forward-plain'),
                  low(one, 'forward-' + way), low(one, 'proxy-' + way),
                  ratio(one, 'proxy-' + way, 'forward-' + way)]
                 for way, text in (('protect', 'RTP to SRTP'),
                                   ('unprotect', 'SRTP to RTP'))]
    return grid("A call of ksrtpd's, with an application behind, from device to device", [
        'suite', 'way', 'bytes', 'router', 'gateway', 'call', 'call /gateway'], rows)


def flowtable(results):
    rows = []
    for one in of(results, 'flowtable'):
        for way, text in (('plain', 'not ours'), ('protect', 'RTP to SRTP'),
                          ('unprotect', 'SRTP to RTP')):
            fast, slow = 'flowtable-forward-' + way, 'forward-' + way
            rows.append([one['suite'], text, one['payload'], low(one, fast),
                         low(one, slow), low(one, 'proxy-' + way) or '-',
                         low(one, 'first-proxy-' + way) or '-',
                         ratio(one, fast, 'proxy-' + way),
                         ratio(one, fast, 'first-proxy-' + way)])
    return grid("With connection tracking and 100 rules: by a flowtable, by the rules, "
                "and rtpengine's module behind and before them", [
                    'suite', 'way', 'bytes', 'flowtable', 'rules', 'rtpengine behind',
                    'before', 'ratio', 'ratio'], rows)


def foreign(results):
    rows = []
    for one in of(results, 'foreign'):
        for name, text in (('foreign-out', 'hooks, way out'),
                           ('foreign-in', 'hooks, way in'),
                           ('forward-plain', 'forwarded, all of it')):
            rows.append([text, one['sessions'], low(one, 'absent-' + name),
                         low(one, 'idle-' + name),
                         low(one, 'present-' + name),
                         ratio(one, 'present-' + name, 'absent-' + name),
                         ratio(one, 'idle-' + name, 'absent-' + name)])
    return grid('UDP that is not ours, also with hooks that do nothing', [
        'what', 'sessions', 'module absent', 'idle hooks', 'present', 'ratio',
        'of idle hooks'], rows)


def local(results):
    rows = []
    for one in of(results, 'local'):
        for name, text in (('local-hook', 'hook of local input alone'),
                           ('local-all', 'device to socket, all of it')):
            rows.append([text, one['sessions'], low(one, 'absent-' + name),
                         low(one, 'present-' + name),
                         low(one, 'present-' + name) -
                         low(one, 'absent-' + name),
                         ratio(one, 'present-' + name, 'absent-' + name)])
    return grid('UDP that is not ours, received by this machine', [
        'what', 'sessions', 'module absent', 'present', 'more by', 'ratio'],
        rows)


def rules(results):
    found = of(results, 'rules')
    rows = []
    for name, text in (('other', 'UDP that cannot be RTP'),
                       ('alike', 'of the same version, and no RTP'),
                       ('bare', 'RTP, of which no rule is'),
                       ('rtp', 'RTP, which the last rule drops')):
        for way in ('out', 'in'):
            rows.append([text, way] + [low(one, '%s-%s' % (name, way))
                                       for one in found])
    return grid('UDP of no session, under require rules', [
        'what', 'way'] + ['%d rules' % one['rules'] for one in found],
        rows if found else [])


def repeat(results):
    rows = []
    for one in of(results, 'repeat'):
        for way in WAYS:
            rows.append([one['suite'], way, one['payload'], low(one, way),
                         low(one, 'repeat-' + way),
                         low(one, 'repeat-' + way) - low(one, way),
                         ratio(one, 'repeat-' + way, way)])
    return grid('Packets that may be sent again (repeat 1024), all distinct', [
        'suite', 'way', 'bytes', 'without', 'with', 'more by', 'ratio'], rows)


def forged(results):
    return grid('Forged packets, refused and freed, beside accepted ones', [
        'suite', 'bytes', 'accepted', 'of a known SSRC', 'ratio',
        'of a new SSRC', 'ratio'],
        [[one['suite'], one['payload'], low(one, 'unprotect'),
          low(one, 'forged'), ratio(one, 'forged', 'unprotect'),
          low(one, 'stranger'), ratio(one, 'stranger', 'unprotect')]
         for one in of(results, 'forged')])


def t_value(crop):
    return '%.1f' % crop['t'] if crop else '-'


def tags(results):
    """Where cropping leaves nothing of a class there is no t."""
    rows = []
    for one in of(results, 'tags'):
        for pair in one['pairs']:
            crops = pair['crops']
            rows.append([one['suite'], one['payload'],
                         ' / '.join(pair['classes']),
                         ' / '.join(map(str, crops[0]['counts'])),
                         one['medians'][pair['classes'][0]],
                         '%.2f' % (crops[2] or crops[0])['difference']] +
                        [t_value(crop) for crop in crops])
    return grid("Does time tell where a tag is wrong? Welch's t of all packets, "
                'and of those left when the slowest are cropped', [
                    'suite', 'bytes', 'classes', 'packets', 'median of one',
                    'difference', 't: all', '99 %', '90 %', '50 %'], rows)


def super_packets(results):
    return grid('An application sends 16 x 1212 bytes, system calls and all', [
        'suite', 'one by one', 'UDP_SEGMENT', 'ratio'],
        [[one['suite'] or 'no session', one['ns']['send'], one['ns']['super'],
          one['ns']['super'] / one['ns']['send']]
         for one in of(results, 'super')])


def threads(results):
    rows = []
    for one in of(results, 'threads'):
        for way in WAYS:
            rows.append([one['suite'], way, one['payload'],
                         low(one, 'one-' + way), low(one, 'own-' + way),
                         low(one, 'single-' + way), low(one, 'shared-' + way),
                         ratio(one, 'one-' + way, 'own-' + way),
                         ratio(one, 'single-' + way, 'shared-' + way),
                         ratio(one, 'one-floor-' + way, 'own-floor-' + way),
                         ratio(one, 'one-' + way, 'one-floor-' + way)])
    return grid('Two cores against one (kernel with locks)', [
        'suite', 'way', 'bytes', '100, one core', '2 x 100, two cores',
        '1, one core', 'same 1, two cores', 'speed-up', 'of the same',
        'of the floor', 'one core /floor'], rows)


def programs(results):
    """What ksrtp would take in their place is what it takes of a packet, elsewhere in
    this run."""
    takes = {(one['suite'], one['payload']): low(one, 'protect')
             for one in of(results, 'packets') if one['sessions'] == 1}
    rows = []
    for one in of(results, 'programs'):
        ours = takes.get((one['suite'], one['payload']))
        plain, own = low(one, 'plain'), low(one, 'own')
        rows.append([one['program'], one['suite'], one['payload'], plain, own,
                     own - plain, ours or '-',
                     (plain + ours) / own if ours else '-'])
    return grid('A program sends RTP as fast as it can: it and the kernel, on this '
                "machine's own", [
                    'program', 'suite', 'bytes', 'RTP', 'its own SRTP',
                    'own more by', 'ksrtp more by', 'ratio'], rows)


# between checks of one browser, in seconds (RFC 7675)
CONSENT = 5


def calls(results):
    return grid('Calls of browsers: processor time of ksrtpd for each, in us', [
        'calls', 'bare handshake', 'call', 'handshake /call', 'check',
        '10000 calls: % of a core', 'KiB a call'], [
            [one['calls'], one['bare'] / 1e3, one['call'] / 1e3,
             one['bare'] / one['call'], one['check'] / 1e3,
             10000 / CONSENT * one['check'] / 1e7, one['memory'] / 1024]
            for one in of(results, 'calls')]) + grid(
                'Floods: processor time of ksrtpd for each datagram, in us', [
        'forged check', "a stranger's ClientHello", 'one within a call',
        'memory left, KiB'], [
            [one['forged-check'] / 1e3, one['foreign-hello'] / 1e3,
             one['known-hello'] / 1e3, one['flood-memory'] / 1024]
            for one in of(results, 'calls')])


def sync(results):
    """What ksrtp-sync takes, with all of its hosts and their store on one processor."""
    rows = []
    for one in of(results, 'sync'):
        steady, lease = one['steady'], one['lease'] / 1e3
        rows.append([one['sessions'], one['stored']['seconds'] - lease,
                     one['stored']['cpu']['daemon'], one['followed']['seconds'],
                     one['followed']['cpu']['daemon'], steady['reports'],
                     *(steady['cores'][name] for name in ('active', 'standby', 'store')),
                     one['given'], one['died'] - lease])
    return grid('ksrtp-sync: seconds, beyond a lease; % of a core', [
        'sessions', 'stored', '(processor)', 'followed', '(processor)', 'reports/s',
        'active %', 'standby %', 'store %', 'given way', 'died'], rows)


def limit(results, part, name):
    """What is left without ksrtp: the crypto alone, with as many keys, the walk over
    hooks that do nothing, and the way between devices. None if it was not measured."""
    idle = next(iter(of(results, 'foreign')), None)
    if not idle or part['what'] not in ('packets', 'gateway', 'foreign'):
        return None
    way = name.removeprefix('one-').removeprefix('forward-')
    if way not in WAYS:
        return low(idle, 'idle-' + name.removeprefix('present-'))
    walk = low(idle, 'idle-forward-plain' if part['what'] == 'gateway' else
               'idle-foreign-out' if way == 'protect' else 'idle-foreign-in')
    crypto = low(part, 'cold-floor-' + name)
    for one in of(results, 'packets'):
        if not crypto and one['sessions'] == 1 and \
                all(one[key] == part[key] for key in ('suite', 'payload')):
            crypto = low(one, 'floor-' + way)
    return crypto + walk if crypto else None


def beside(results):
    """Today's module and one of before, by minimum and median; and the limit."""
    rows = []
    for one in results['found']:
        for name in one.get('ns', {}):
            old = 'beside-' + name
            # the crypto alone is the same with both
            if old not in one['ns'] or 'floor' in name or 'api' in name:
                continue
            now, then = one['ns'][name], one['ns'][old]
            least = limit(results, one, name)
            rows.append([one.get('suite', '-'), one['what'], name,
                         one.get('payload', 160), one['sessions'],
                         then['min'], now['min'], now['min'] / then['min'],
                         '%.3f' % (now['median'] / then['median']),
                         least or '-', least / then['min'] if least else '-'])
    return grid('Beside the module of %s; and what is left without either' %
                results['machine']['beside'][:12], [
                    'suite', 'part', 'what', 'bytes', 'sessions', 'then', 'now',
                    'ratio', 'of medians', 'left', 'ratio'], rows) if rows else []


def table(results):
    machine = results['machine']
    lines = ['%s, %d CPUs, load at the start %.1f' % (
        machine['cpu'], machine['cpus'], machine['load'])]
    for one in of(results, 'machine'):
        lines.append('Linux %s (%s): %d CPU' % (
            one['release'], one['kernel'], one['cpus']))
    lines += ['%s %s' % (PEERS[name][0], version)
              for name, version in machine['peers'].items()]
    lines += ['not measured: %s (%s)' % (PEERS[name][0], why)
              for name, why in machine['missing'].items()]
    for one in of(results, 'drivers')[:1]:
        lines += ['drivers: ' + ', '.join(suite.values())
                  for suite in one['suites']]
    lines.append('ns per packet, minimum of rounds')
    for part in (packets, model, scale, load, sessions, gateway, media, proxy,
                 flowtable, foreign, local, rules, repeat, forged, tags,
                 super_packets, programs, threads, calls, sync, beside):
        lines += part(results)
    return lines
