using Errand.Sqlite;
using Errand.Storage;
using Errand.Stores.Tests.Sqlite;
using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Stores.Tests.Lasting;

/// <summary>Servers on one SQLite file, one after the other or beside each other, under a clock moved by hand.</summary>
internal sealed class LastingServers(Action<ErrandBuilder> build) : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly List<ErrandTest> _servers = [];

    public ErrandTest Start() => Kept(ErrandTest.Start(builder =>
    {
        // Its sockets would be waited for in real time.
        builder.UseSqlite(new SqliteStoreOptions { Path = _folder.File, Doorbell = false });
        build(builder);
    }));

    /// <summary>The next server, after a while in which there was none and the file was closed.</summary>
    public ErrandTest Reopen(ErrandTest errand, TimeSpan downtime = default)
    {
        Close(errand);
        errand.Advance(downtime);
        return Beside(errand);
    }

    public ErrandTest Beside(ErrandTest errand) => Kept(errand.StartAnother());

    public void Dispose()
    {
        // One that was killed closes nothing, and takes no step any more in which it could.
        foreach (var server in _servers.Where(server => !server.Node.IsDead))
        {
            Close(server);
            server.Dispose();
        }
        _folder.Dispose();
    }

    // As the end of its process would: both take steps of its world.
    private static void Close(ErrandTest errand)
    {
        errand.Stop();
        errand.Run(_ => errand.Services.GetRequiredService<IJobStore>().DisposeAsync());
    }

    private ErrandTest Kept(ErrandTest errand)
    {
        _servers.Add(errand);
        return errand;
    }
}
