import time, pytest
from .servers import own_server
from .databases import query
def test_copy():
    t=time.time(); import resource
    with own_server("restart") as (server, database):
        print("made", time.time()-t, resource.getrusage(resource.RUSAGE_CHILDREN))
        t=time.time()
        print(query(database, "select count(*) from mrp_completion_run"))
        server.restart("fast"); print(time.time()-t); t=time.time()
        server.restart("immediate"); print(time.time()-t)
        print(query(database, "select count(*) from mrp_completion_run"))
    assert 0
