using System.Net.Sockets;
using Errand.Sqlite;
using Errand.Storage;
using Errand.Testing;

namespace Errand.Stores.Tests.Sqlite;

/// <summary>How instances on one file, in this process and others, learn of each other's writes.</summary>
public sealed class DoorbellTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Peers => _folder.File + "-peers";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Another_instance_is_told_at_once_what_was_written()
    {
        var options = new SqliteStoreOptions { Path = _folder.File, PollInterval = TimeSpan.FromHours(1) };
        await using var first = await OpenedAsync(options);
        await using var second = StoreFolder.Store(options);
        // Until the first one knows of the second, it tells it nothing.
        var known = Heard(second, hint => hint.Job.IsEmpty);
        await second.OpenAsync(Token);
        await known;
        foreach (var (writer, listener) in new[] { (first, second), (second, first) })
        {
            var job = Jobs.Running();
            var heard = Heard(listener, hint => hint.Job == job.Id);
            await writer.AddAsync([job], Token);
            Assert.Equal(new(job.Id, 1, Ready: false), await heard);
            heard = Heard(listener, hint => hint.Job == job.Id);
            await writer.ApplyAsync([new(job.Id, JobTransition.HandOver(Jobs.Start))], Token);
            Assert.Equal(new(job.Id, 2, Ready: false), await heard);
        }
    }

    [Fact]
    public async Task Whoever_opens_the_file_hears_of_each_instance_whose_writes_it_may_have_missed()
    {
        var options = new SqliteStoreOptions { Path = _folder.File, PollInterval = TimeSpan.FromHours(1) };
        await using var first = await OpenedAsync(options);
        List<JobHint> told = [];
        using var subscription = first.Subscribe(told.Add);
        await using var second = StoreFolder.Store(options);
        var heard = Heard(second, _ => true);
        await second.OpenAsync(Token);
        Assert.Equal(new(default, 0, Ready: true), await heard);
        Assert.Empty(told);
    }

    [Fact]
    public async Task Another_process_is_heard()
    {
        await using var store = await OpenedAsync(new() { Path = _folder.File, PollInterval = TimeSpan.FromHours(1) });
        var heard = Heard(store, hint => !hint.Job.IsEmpty);
        using var process = StoreProcess.Start(_folder.File);
        var hint = await heard;
        Assert.Equal((1, true), (hint.Version, hint.Ready));
        Assert.NotNull(await store.FindAsync(hint.Job, Token));
    }

    [Fact]
    public async Task Without_a_doorbell_what_others_wrote_before_the_first_look_is_noticed_too()
    {
        var world = new SimulatedWorld(0);
        var options = new SqliteStoreOptions { Path = _folder.File, Doorbell = false };
        await using var store = await OpenedAsync(options, world.AddNode("observer").Time);
        await using var other = await OpenedAsync(options);
        var heard = Heard(store, _ => true);
        await other.AddAsync(Jobs.Many(1), Token);
        world.Advance(options.PollInterval);
        Assert.Equal(new(default, 0, Ready: true), await heard);
    }

    [Fact]
    public async Task Without_a_doorbell_writes_of_others_are_noticed_by_looking()
    {
        var world = new SimulatedWorld(0);
        var options = new SqliteStoreOptions { Path = _folder.File, Doorbell = false };
        await using var store = await OpenedAsync(options, world.AddNode("observer").Time);
        await using var other = await OpenedAsync(options);
        await LookedAsync(store, world, options);
        var heard = Heard(store, _ => true);
        await other.AddAsync(Jobs.Many(1), Token);
        Assert.False(heard.IsCompleted);
        world.Advance(options.PollInterval);
        Assert.Equal(new(default, 0, Ready: true), await heard);
        Assert.False(Directory.Exists(Peers));
    }

    [Fact]
    public async Task Writes_of_its_own_are_not_taken_for_those_of_others()
    {
        var world = new SimulatedWorld(0);
        var options = new SqliteStoreOptions { Path = _folder.File, Doorbell = false };
        await using var store = await OpenedAsync(options, world.AddNode("observer").Time);
        await LookedAsync(store, world, options);
        List<JobHint> hints = [];
        using var subscription = store.Subscribe(hints.Add);
        var job = Jobs.Queued();
        await store.AddAsync([job], Token);
        await LookedAsync(store, world, options);
        Assert.Equal([new(job.Id, 1, Ready: true)], hints);
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_means_no_doorbell_and_no_more()
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Root, new string('d', 100))).FullName, "errand.db");
        var world = new SimulatedWorld(0);
        var options = new SqliteStoreOptions { Path = path };
        await using var store = await OpenedAsync(options, world.AddNode("observer").Time);
        await using var other = await OpenedAsync(options);
        await LookedAsync(store, world, options);
        var heard = Heard(store, _ => true);
        await other.AddAsync(Jobs.Many(1), Token);
        world.Advance(options.PollInterval);
        Assert.True((await heard).Ready);
    }

    [Fact]
    public async Task The_bell_of_a_process_that_died_is_taken_down()
    {
        string dead = Path.Combine(Directory.CreateDirectory(Peers).FullName, "1-dead");
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
        {
            // A socket that is closed takes its file along, under the name that it knows.
            socket.Bind(new UnixDomainSocketEndPoint(dead + "-alive"));
            File.Move(dead + "-alive", dead);
        }
        Assert.True(File.Exists(dead));
        await using var store = await OpenedAsync(new() { Path = _folder.File });
        Assert.False(File.Exists(dead));
        Assert.Single(Directory.EnumerateFiles(Peers));
    }

    [Fact]
    public async Task Nothing_of_the_doorbell_is_left_behind()
    {
        var first = await OpenedAsync(new() { Path = _folder.File });
        var second = await OpenedAsync(new() { Path = _folder.File });
        Assert.Equal(2, Directory.EnumerateFiles(Peers).Count());
        await first.DisposeAsync();
        Assert.Single(Directory.EnumerateFiles(Peers));
        await second.DisposeAsync();
        Assert.False(Directory.Exists(Peers));
    }

    [Fact]
    public async Task Whoever_does_not_listen_holds_nobody_up()
    {
        string deaf = Path.Combine(Directory.CreateDirectory(Peers).FullName, "1-deaf");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(deaf));
        await using var store = await OpenedAsync(new() { Path = _folder.File });
        // More than the socket has room for.
        for (int i = 0; i < 700; i++) await store.AddAsync(Jobs.Many(1), Token);
        Assert.True(File.Exists(deaf));
    }

    [Fact]
    public void A_message_comes_back_as_it_was()
    {
        JobHint[] hints = [new(JobId.New(Jobs.Start), 7, true), new(default, 0, false), new(JobId.New(Jobs.Start), long.MaxValue, false)];
        byte[] message = new byte[DoorbellMessage.MaxLength];
        Assert.Equal(hints, DoorbellMessage.Read(message.AsSpan(0, DoorbellMessage.Write(hints, message))));
    }

    [Fact]
    public void A_message_that_makes_no_sense_is_not_heard()
    {
        Assert.Empty(DoorbellMessage.Read([]));
        Assert.Empty(DoorbellMessage.Read([2, 3, 4]));
        Assert.Empty(DoorbellMessage.Read([1, 3, 4]));
        byte[] noise = new byte[1000];
        Array.Fill(noise, (byte)1);
        Assert.All(DoorbellMessage.Read(noise), hint => Assert.True(hint.Job.IsEmpty));
    }

    private static async Task<SqliteJobStore> OpenedAsync(SqliteStoreOptions options, TimeProvider? time = null)
    {
        var store = StoreFolder.Store(options, time);
        await store.OpenAsync(Token);
        return store;
    }

    /// <summary>Has the store look for writes of others, and waits until it has looked.</summary>
    private static async Task LookedAsync(SqliteJobStore store, SimulatedWorld world, SqliteStoreOptions options)
    {
        world.Advance(options.PollInterval);
        await store.LapseAsync(new("nobody"), 0, Token);
    }

    private static Task<JobHint> Heard(SqliteJobStore store, Func<JobHint, bool> meant)
    {
        var heard = new TaskCompletionSource<JobHint>(TaskCreationOptions.RunContinuationsAsynchronously);
        IDisposable? subscription = null;
        subscription = store.Subscribe(hint =>
        {
            if (!meant(hint) || !heard.TrySetResult(hint)) return;
            subscription?.Dispose();
        });
        return heard.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
    }
}
