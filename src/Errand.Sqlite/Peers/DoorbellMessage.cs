using System.Buffers.Binary;
using System.Text;
using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>What goes through the doorbell: for each hint the id, the version and whether a job is ready. An empty message is a greeting.</summary>
internal static class DoorbellMessage
{
    /// <summary>How many hints a message has room for; it stays well below what a socket takes at once.</summary>
    public const int MostHints = 128;

    public const int MaxLength = 1 + (MostHints * HintLength);

    private const byte Format = 1;
    private const int HintLength = JobId.TextLength + sizeof(long) + 1;
    private static readonly byte[] NoJob = [.. Enumerable.Repeat((byte)'-', JobId.TextLength)];

    public static byte[] Of(ReadOnlySpan<JobHint> hints)
    {
        byte[] message = new byte[1 + (hints.Length * HintLength)];
        Write(hints, message);
        return message;
    }

    public static int Write(ReadOnlySpan<JobHint> hints, Span<byte> message)
    {
        message[0] = Format;
        int length = 1;
        foreach (var hint in hints)
        {
            var entry = message.Slice(length, HintLength);
            if (hint.Job.IsEmpty) NoJob.CopyTo(entry);
            else JobIdText.Write(hint.Job, entry);
            BinaryPrimitives.WriteInt64LittleEndian(entry[JobId.TextLength..], hint.Version);
            entry[^1] = hint.Ready ? (byte)1 : (byte)0;
            length += HintLength;
        }
        return length;
    }

    /// <summary>Reads hints; a message that is not understood has none. They are hints: whoever gets one looks at the file.</summary>
    public static List<JobHint> Read(ReadOnlySpan<byte> message)
    {
        List<JobHint> hints = [];
        if (message.Length == 0 || message[0] != Format) return hints;
        Span<char> id = stackalloc char[JobId.TextLength];
        for (message = message[1..]; message.Length >= HintLength; message = message[HintLength..])
        {
            Encoding.ASCII.GetChars(message[..JobId.TextLength], id);
            var job = JobId.TryParse(id, out var parsed) ? parsed : default;
            hints.Add(new(job, BinaryPrimitives.ReadInt64LittleEndian(message[JobId.TextLength..]), message[HintLength - 1] != 0));
        }
        return hints;
    }
}
