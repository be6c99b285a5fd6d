"""Continents of countries, by the codes of the field: AF, AS, EU, NA, OC, SA."""

from __future__ import annotations

from collections.abc import Iterable

#: Countries of each zone, by ISO 3166 alpha-2; Antarctica is in none.
_COUNTRIES = {
    "AF": (
        "DZ AO BJ BW BF BI CM CV CF TD KM CG CD CI DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY "
        "MG MW ML MR MU YT MA MZ NA NE NG RE RW SH ST SN SC SL SO ZA SS SD TZ TG TN UG EH ZM ZW IO"
    ),
    "AS": (
        "AF AM AZ BH BD BT BN KH CN CY GE HK IN ID IR IQ IL JP JO KZ KP KR KW KG LA LB MO MY MV MN "
        "MM NP OM PK PS PH QA SA SG LK SY TW TJ TH TL TR TM AE UZ VN YE"
    ),
    "EU": (
        "AX AL AD AT BY BE BA BG HR CZ DK EE FO FI FR DE GI GR GG VA HU IS IE IM IT JE LV LI LT LU "
        "MT MD MC ME NL MK NO PL PT RO RU SM RS SK SI ES SJ SE CH UA GB XK"
    ),
    "NA": (
        "AI AG AW BS BB BZ BM BQ VG CA KY CR CU CW DM DO SV GL GD GP GT HT HN JM MQ MX MS NI PA PR "
        "BL KN LC MF PM VC SX TT TC US VI"
    ),
    "OC": "AS AU CK FJ PF GU KI MH FM NR NC NZ NU NF MP PW PG PN WS SB TK TO TV UM VU WF CX CC",
    "SA": "AR BO BR CL CO EC FK GF GY PY PE SR UY VE",
}
ZONES = {code: zone for zone, codes in _COUNTRIES.items() for code in codes.split()}


def zone_of(codes: Iterable[str]) -> str | None:
    """The zone all of these countries lie in; None when there is no single one."""
    zones = {ZONES.get(code) for code in codes}
    return zones.pop() if len(zones) == 1 else None
