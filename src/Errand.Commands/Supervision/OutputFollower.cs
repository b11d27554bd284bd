using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

/// <summary>Makes what a command writes into its own files part of the job's log, and lets a listener hear it.</summary>
internal sealed class OutputFollower(CommandFolder folder, OutputWriter log, ICommandListener? listener) : IDisposable
{
    private const int PieceBytes = 64 * 1024;
    private const FileShare Everybody = FileShare.ReadWrite | FileShare.Delete;
    private readonly Followed[] _streams = [new(OutputStream.Out, folder.Output), new(OutputStream.Err, folder.Error)];
    private byte[]? _piece;

    /// <summary>Takes in what has been written since.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Follow()
    {
        bool grown = false;
        foreach (var followed in _streams)
        {
            long length = followed.Length;
            if (length <= followed.Heard) continue;
            log.AdoptTo(followed.Stream, length);
            if (listener is not null) Tell(listener, followed, length);
            followed.Heard = length;
            grown = true;
        }
        return grown;
    }

    /// <summary>The start and the end of what it has written to a stream.</summary>
    public CapturedText Captured(OutputStream stream) => _streams[(int)stream].Captured();

    public void Dispose()
    {
        foreach (var followed in _streams) followed.Dispose();
    }

    private void Tell(ICommandListener told, Followed followed, long length)
    {
        long at = told.NeedsEverything ? followed.Heard : Math.Max(followed.Heard, length - PieceBytes);
        _piece ??= new byte[PieceBytes];
        while (at < length && followed.Read(_piece.AsSpan(0, (int)Math.Min(PieceBytes, length - at)), at) is > 0 and var read)
        {
            told.OnOutput(followed.Stream, _piece.AsSpan(0, read));
            at += read;
        }
    }

    private sealed class Followed(OutputStream stream, string path) : IDisposable
    {
        private SafeFileHandle? _file;

        public OutputStream Stream => stream;

        public long Heard { get; set; }

        public long Length => File is { } file ? RandomAccess.GetLength(file) : 0;

        private SafeFileHandle? File => _file ??= System.IO.File.Exists(path)
            ? System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, Everybody)
            : null;

        public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(File!, buffer, offset);

        public CapturedText Captured() => File is { } file ? CapturedText.Read(file) : new();

        public void Dispose() => _file?.Dispose();
    }
}
