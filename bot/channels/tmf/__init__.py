"""Our records as TM Forum Open APIs, version 4: tickets, visits, interactions, outages."""
