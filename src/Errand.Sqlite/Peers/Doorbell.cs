using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Errand.Storage;
using Microsoft.Extensions.Logging;

namespace Errand.Sqlite;

/// <summary>
/// Tells the other instances on a file, in whichever process, at once what was written. Each has a datagram socket in a folder beside the
/// file. A ring may be lost: the file is the truth, and a slow look at it stands behind.
/// </summary>
internal sealed partial class Doorbell : IDisposable
{
    private const int MostMessages = 16;
    private static readonly byte[] Something = DoorbellMessage.Of(StorePeers.Something);

    private readonly string _folder;
    private readonly string _name;
    private readonly Socket _bell;
    private readonly Socket _sender;
    private readonly ILogger _logger;
    private readonly Action<IReadOnlyList<JobHint>> _rung;
    private readonly byte[] _message = new byte[DoorbellMessage.MaxLength];
    private readonly Lock _lock = new();
    private UnixDomainSocketEndPoint[] _others = [];
    private volatile bool _disposed;

    private Doorbell(string name, Socket bell, ILogger logger, Action<IReadOnlyList<JobHint>> rung)
    {
        _folder = Path.GetDirectoryName(name)!;
        _name = name;
        _bell = bell;
        // A peer that does not listen must not hold up the writer, while the listener waits for as long as it takes.
        _sender = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        _logger = logger;
        _rung = rung;
    }

    /// <summary>Whether other instances are known.</summary>
    public bool HasOthers => Volatile.Read(ref _others).Length > 0;

    /// <summary>Hangs up a bell; none where the system has no such sockets or the path is too long for one.</summary>
    public static Doorbell? TryOpen(string path, WorkScheduler scheduler, ILogger logger, Action<IReadOnlyList<JobHint>> rung)
    {
        if (OperatingSystem.IsWindows()) return null; // It has Unix sockets, but not for datagrams.
        string folder = path + "-peers";
        string name = Path.Combine(folder, $"{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        if (TryHang(folder, name, out var bell) is { } reason && TryHang(folder, name, out bell) is not null)
        {
            LogNoDoorbell(logger, folder, reason);
            return null;
        }
        var doorbell = new Doorbell(name, bell!, logger, rung);
        scheduler.QueueBlocking(doorbell.Listen);
        doorbell.Greet();
        return doorbell;
    }

    /// <summary>Tells all others; called by the writer alone.</summary>
    public void Ring(List<JobHint> hints)
    {
        var others = Volatile.Read(ref _others);
        if (others.Length == 0) return;
        int most = Math.Min(hints.Count, MostMessages * DoorbellMessage.MostHints);
        for (int told = 0; told < most; told += DoorbellMessage.MostHints)
        {
            var some = CollectionsMarshal.AsSpan(hints).Slice(told, Math.Min(DoorbellMessage.MostHints, most - told));
            int length = DoorbellMessage.Write(some, _message);
            foreach (var other in others) Send(other, _message.AsSpan(0, length));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        // A closed socket does not wake everybody who waits at it; a message does.
        Send(new(_name), []);
        TryDelete(_name);
        foreach (var other in Volatile.Read(ref _others)) Send(other, []);
        _sender.Dispose();
        try
        {
            Directory.Delete(_folder); // Refused while others have their bells in it.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not empty, or not ours.
        }
    }

    /// <summary>Makes the folder and the bell in it.</summary>
    /// <returns>Why that did not work. It is worth a second try: the last of the others may just have taken the folder away.</returns>
    [UnsupportedOSPlatform("windows")]
    private static string? TryHang(string folder, string name, out Socket? bell)
    {
        bell = null;
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            bell = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            bell.Bind(new UnixDomainSocketEndPoint(name));
            return null;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            bell?.Dispose();
            return e.Message;
        }
    }

    private void Greet()
    {
        FindOthers();
        foreach (var other in Volatile.Read(ref _others)) Send(other, []);
    }

    /// <summary>Looks who is there.</summary>
    private void FindOthers()
    {
        try
        {
            // One after another: an older look must not take the place of a newer one.
            lock (_lock)
            {
                var bells = Directory.EnumerateFileSystemEntries(_folder).Where(path => path != _name);
                _others = [.. bells.Select(path => new UnixDomainSocketEndPoint(path))];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            LogNoDoorbell(_logger, _folder, e.Message);
        }
    }

    /// <summary>Somebody has come or gone. Who has come was not told what was written before it was known here, and had better look.</summary>
    private void Answer()
    {
        HashSet<string> known = [.. Volatile.Read(ref _others).Select(other => other.ToString())];
        FindOthers();
        foreach (var other in Volatile.Read(ref _others))
            if (!known.Contains(other.ToString())) Send(other, Something);
    }

    private void Listen()
    {
        byte[] buffer = new byte[DoorbellMessage.MaxLength];
        try
        {
            while (!_disposed)
            {
                int length = _bell.Receive(buffer);
                if (_disposed) break;
                if (length == 0) Answer();
                else _rung(DoorbellMessage.Read(buffer.AsSpan(0, length)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            if (!_disposed) LogNoDoorbell(_logger, _folder, e.Message);
        }
        _bell.Dispose();
    }

    private void Send(UnixDomainSocketEndPoint other, ReadOnlySpan<byte> message)
    {
        try
        {
            _sender.SendTo(message, SocketFlags.None, other);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            // Its process is gone and could not tidy up.
            TryDelete(other.ToString()!);
            lock (_lock) _others = [.. _others.Where(known => known != other)];
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Full or gone: a ring may be lost.
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or gone already.
        }
    }
}
