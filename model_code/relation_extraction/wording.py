"""How English states the relations of KBP37: one pattern a line.

``<H>`` is the head, ``<T>`` the tail; ``<PER>``, ``<ORG>``, ``<LOC>``, ``<NORP>``, ``<DATE>``,
``<POST>`` and ``<TOP>``, the post of whoever leads, are other mentions; ``@name`` stands for one of
the parts below; the rest is Python's ``re``.
"""

PARTS = {
    "det": r"(?:(?:the|a|an|its|our|their|his|her) )?",
    "hon": r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Professor|Sir|Dame|Hon|Gen)\.? )*",
    # Up to three words before a post or a name: "former", "newly appointed".
    "few": r"(?:[\w&'’/-]+ ){0,3}",
    "two": r"(?:[\w-]+ ){0,2}",
    "any30": r"[^<>.;]{0,30}",
    "any60": r"[^<>.;]{0,60}",
    # A word that is no preposition: between a nationality and a name.
    "plain": r"(?:(?!(?:and|or|with|by|for|to|of|in|from|at|on|as|that|said|says)\b)[\w-]+)",
    "of": r"(?:of|at|for|with|from)",
    "is": r"(?:is|was|are|were|has been|had been|became|becomes|will be|will become|remains)",
    "as": r"(?:,? who @is |,? @is |, | \(| -+ | – |,? (?:serves|served|serving) as |,? as )",
    "which": r"(?:which @is |that @is |@is |now )?",
    "end": r"(?=[.,;:)]|$| -| and )",
    # More people, organisations or places of the same group.
    "people": r"(?:(?:,| and|, and| &) @hon<PER>)*",
    "orgs": r"(?:<ORG>,? (?:and )?)*",
    "places": r"(?:<LOC>,? )*",
    "post": r"(?:<(?:POST|TOP)>(?:,? (?:and|&) @few<(?:POST|TOP)>)?)",
    "top": r"(?:<TOP>(?:,? (?:and|&) @few<(?:POST|TOP)>)?)",
    # Whose a post is: "Acme's", "the German".
    "whose": r"(?:(?:<LOC>(?:['’]s)?|<ORG>(?:['’]s?)?|<NORP>) )",
    # What a post is of without a mention, but perhaps a place: "of the London office".
    "area": r"(?:[^<>.;():]{0,60}(?:<LOC>[^<>.;():]{0,20})?)",
    "led": r"(?:led|headed|chaired|run|managed|directed|overseen|presided over|edited)",
    "leads": (
        r"(?:leads|led|heads|headed|runs|ran|chairs|chaired|manages|managed|directs|directed"
        r"|commands|commanded)"
    ),
    "joined": (
        r"(?:joined|joins|rejoined|left|works for|works at|worked for|worked at|represents"
        r"|represented|advises|advised|resigned from|retired from)"
    ),
    "worked": r"(?:worked|works|served|serves|trained|taught|teaches)",
    "named": r"(?:hired|appoint|appointed|employed|named|elected|nominated|promoted)",
    "based": (
        r"(?:based|headquartered|located|registered|incorporated|domiciled|organi[sz]ed|situated)"
    ),
    "office": (
        r"(?:(?:registered |principal |head )?"
        r"(?:headquarters|offices?|seat|works|place of business))"
    ),
    "lives": r"(?:lives?|lived|living|resides?|resided|settled|moved|grew up|raised|resident)",
    "born": r"(?:<H>,? (?:who )?(?:@is )?born[^<>;]{0,30}(?:<DATE>)?[^<>;]{0,10} (?:in|at|to))",
    "kin": r"(?:wife|husband|spouse|widow|widower|bride|fianc[ée]e?|partner)",
    "unit": (
        r"(?:subsidiary|subsidiaries|division|unit|arm|affiliate|branch|part|department|agency"
        r"|bureau|office|brand|wing|component|company)"
    ),
    "bought": r"(?:owned|controlled|acquired|bought|purchased|taken over)",
    "owns": (
        r"(?:owns|owned|acquired|acquires|acquire|bought|buys|buy|purchased|controls|took over)"
    ),
    "founded": r"(?:(?:co-?)?(?:founded|established|formed|started|set up|created|launched))",
    "alias": (
        r"(?:also known as|also called|formerly|previously|better known as|known as|a\.?k\.?a\.?"
        r"|née|nicknamed|renamed|doing business as|d/b/a|trading as|t/a|now called|now known as"
        r"|or simply|referred to as|abbreviated|alias)"
    ),
    # What stands between a party to a contract and the short name that it is given.
    "party": r"(?:[^<>()]|<LOC>|<DATE>|<PER>){0,160}",
    "herein": r"(?:(?:together|collectively|the|hereinafter|or|a)[ ,]+)*",
}

_LEADS = r"""
<H>@people@as@det@few(?:<LOC>(?:['’]s)? )?@top@area(?:,? @of|,|:| -+| –) @det<T>
<H>@people@as@det@few<T>(?:['’]s?)? @few@top
<T>(?:['’]s? @few| (?:@plain )?)@top@area(?:, |,? @is |: )?@hon<H>
@top (?:@of|to|in) @det<T>(?:,? (?:@is )?|: ?|\()?@hon<H>
<H>,? (?:who )?@two@leads @det<T>
<T>,? @which@two@led by @det@few(?:@post )?@hon<H>
"""
_WORKS = r"""
<H>@people @of @det<T>
<H>@people@as@det@few(?:<LOC>(?:['’]s)? )?@post@area(?:,? @of|,|:| -+| –) @det<T>
<H>@people@as@det@few<T>(?:['’]s?)? @few@post
<H> ?(?:,|\(|-+|–) ?@det<T>@end
<T>(?:['’]s? @few| (?:@plain )?)@post@area(?:, |,? @is |: )?@hon<H>
@post (?:@of|to|in) @det<T>(?:,? (?:@is )?|: ?|\()?@hon<H>
<H>,? (?:who )?@two(?:@leads|@joined) @det<T>
<T>,? @which@two@led by @det@few(?:@post )?@hon<H>
<T> @two@named @few@hon<H>
<H> @is @named@any30 (?:by|to|at) @det(?:@post @of @det)?<T>
<H> @worked (?:as @det@few@post )?(?:at|for|with|in) @det<T>
<H>@area (?:on behalf of|representing) @det<T>
"""
_BASED = r"""
<H>,? @which(?:an? @any60)?@based@any60 (?:in|at|of) @any30(?:, )?@places@det(?:State of )?<T>
<H>,? (?:whose|with|has) (?:its |a )?@office[^<>;]{0,60}<T>
<T>[ -]based @few<H>
(?<!By )<H> (?:in|of) @places@det<T>@end
<H>(?:,| @is) (?:a|an|the) [^<>.;,]{0,50} (?:in|of) @places@det<T>
<H> \(@places<T>(?:, <LOC>)*\)
<H>, <T>(?:, <LOC>)*(?=[.;)]|$)
<H>(?:['’]s)? (?:headquarters|head office) (?:is |are )?(?:in|at) <T>
headquarters of (?:the )?<H>[^<>.;]{0,20} in <T>
"""
_LIVES = r"""
<H>,? (?:who |and )?@two@lives@any30 (?:in|to|of|at) @places@det<T>
<H>(?:, \d+)?, of @places<T>
<H> of @places<T>@end
<T>(?:['’]s)? (?:resident|native) @hon<H>
<H>(?:, <DATE>)?, an? @any30(?:resident|citizen) of <T>
@post of @det<T>,? @hon<H>
<H>,? (?:@is |the )?@two@post of @det<T>
<T>(?:['’]s @few| (?:@plain )?)@post,? @hon<H>
"""
_CALLED = r"""
<H>,? (?:\(|@is )?@two@alias(?: as)? @det["“']?<T>
<H>@party\(@herein["“](?:the )?<T>["”]
"""

PATTERNS = {
    "org:alternate_names": _CALLED,
    "org:city_of_headquarters": _BASED,
    "org:country_of_headquarters": _BASED,
    "org:founded": r"""
<H>@any30(?:<LOC>)?@any30@founded@any30(?:<LOC>)?(?:,| in| on| during| by <PER>| )+(?:the )?<T>
^(?:Founded|Established|Formed) (?:in |on )?<T>,? (?:in <LOC>,? )?@det<H>
<H> \((?:founded |est\. |established )?(?:in )?<T>\)
""",
    "org:founded_by": r"""
<H>[^.;]{0,80}@founded[^.;]{0,60} by @det@few(?:<NORP> )?(?:@post )?@hon<T>
<T>,? (?:who )?@two@founded @det<H>
<T>,? (?:who )?(?:@is )?@det@few(?:co-)?founders? (?:and @post )?of @det<H>
<H>(?:['’]s)? (?:co-)?founders?,? (?:and @post,? )?@hon<T>
""",
    "org:members": r"""
<T>,? (?:which |who )?(?:@is )?(?:also )?(?:an? |the )?@fewmembers? of @det<H>
<H>['’]?s? @twomembers?,? (?:such as |including |like )?@det@orgs<T>
members? of @det<H>[^<>.;]{0,20}(?:include|including|such as|are|:) @det@orgs<T>
<T> @two(?:joined|joins|join|belongs to|plays (?:in|for)) @det<H>
""",
    "org:stateorprovince_of_headquarters": _BASED,
    "org:subsidiaries": r"""
<T>,? @which(?:(?:a|an|the|its|part|one) )?@few@unit (?:of|within|in) @det<H>
<H>(?:['’]s?)? @few@unit(?: \w+)?,? @det<T>
<H>['’]s? @det<T>
<T> (?:of|within) @det<H>
<T>,? @which@two@bought by @det<H>
<H> @few@owns (?:[\w%.-]+ ){0,6}?@det<T>
<H>['’]?s? (?:acquisition|purchase|takeover) of @det<T>
(?:acquisition|purchase|takeover|sale) of @det@few<T> (?:by|to) @det<H>
<H>,? (?:the )?@two(?:parent|owner|holding company)(?: company)? of @det<T>
<H>(?:,| \()? ?(?:which )?(?:includes?|including|comprises|consists of) @det@orgs<T>
<T> \(@det@few(?:of|owned by) @det<H>
<T>, part of @det<H>
""",
    "org:top_members/employees": _LEADS,
    "per:alternate_names": _CALLED,
    "per:cities_of_residence": _LIVES,
    "per:countries_of_residence": _LIVES,
    "per:country_of_birth": r"""
@born @places<T>
""",
    "per:employee_of": _WORKS,
    "per:origin": r"""
@born @places<T>
<T>(?:[ -](?:born|raised))? (?:@plain )?(?:@post )?@hon<H>
<H>,? (?:\(|@is )?(?:a|an) @few<T>@end
<H>,? (?:@is )?an? <T> \w
<H>,? (?:@is )?(?:a |an )?(?:\w+ )?(?:native|citizen|national) of @det<T>
<H>,? (?:who )?(?:comes|came|originally) from @places<T>
<H> from @places<T>@end
""",
    "per:spouse": r"""
<H>['’]?s? @two@kin,? @hon<T>
<H>,? @few@kin of @hon<T>
<H>,? (?:who )?@two(?:married|weds?|wed|@is married to) @hon<T>
<H> and (?:his|her) @kin,? @hon<T>
""",
    "per:stateorprovinces_of_residence": _LIVES,
    "per:title": r"""
(?<!Mr\. )(?<!Mr )(?<!Madam )<T>(?:,? (?:and|&) @few<(?:POST|TOP)>)?,? @hon<H>
<T> @of @area, @hon<H>
<T> (?:@of|to|in) @det<(?:ORG|LOC)>(?:,|:)? @hon<H>
<T>,? @is @hon<H>
<H>@people@as@det@few@whose?@few(?:<(?:POST|TOP)>(?:,| and|, and|/) )?<T>
<H> (?:<LOC> |<ORG> |Federal )?<T>
<H> @is @named(?: as| to be| to)? @det@few<T>
@named @hon<H>(?: as| to be| to|,)? @det@few<T>
""",
}
"""For each relation the ways to state it; of ``org:top_members/employees`` the person is <H>."""

REFUTED = {
    # In a roll of names and posts, a post belongs to the name before it.
    "per:title": r"<PER>(?:,| \() ?(?:the |a |an )?(?:\w+ ){0,2}<T>\)?[,;]? @hon<H>",
}
"""Wordings that look like one of the patterns and are not."""
