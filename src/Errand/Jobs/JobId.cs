using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Errand;

/// <summary>
/// The unguessable name of a job: 48 bits of time, so that ids sort by creation and indexes stay local, and 128 random bits.
/// As text it is 36 characters of Crockford's base 32 in lower case: 10 of time, 26 of randomness.
/// </summary>
public readonly struct JobId : IEquatable<JobId>, IComparable<JobId>, ISpanFormattable, ISpanParsable<JobId>
{
    /// <summary>How many characters an id has as text.</summary>
    public const int TextLength = 36;

    private const int RandomLength = 16;
    private const int TimeLength = 10;
    // The end of the year 9999, where DateTimeOffset ends: 48 bits would go on for another 890 years.
    private const long MaxMilliseconds = 253_402_300_799_999;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private readonly long _milliseconds;
    private readonly UInt128 _random;

    private JobId(long milliseconds, UInt128 random)
    {
        _milliseconds = milliseconds;
        _random = random;
    }

    /// <summary>When the id was made, to the millisecond.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(_milliseconds);

    /// <summary>Whether this is the default value, which names no job.</summary>
    public bool IsEmpty => _milliseconds == 0 && _random == UInt128.Zero;

    /// <summary>Makes a new id from cryptographic randomness.</summary>
    /// <param name="at">The time that the id carries and sorts by.</param>
    public static JobId New(DateTimeOffset at)
    {
        Span<byte> random = stackalloc byte[RandomLength];
        RandomBytes.Take(random);
        return From(at, random);
    }

    /// <summary>Makes an id from given bits, for ids that must come out the same each time (a schedule's tick).</summary>
    /// <param name="at">The time that the id carries and sorts by.</param>
    /// <param name="random">At least 16 bytes; the first 16 are used.</param>
    public static JobId From(DateTimeOffset at, ReadOnlySpan<byte> random)
    {
        long milliseconds = Math.Clamp(at.ToUnixTimeMilliseconds(), 0, MaxMilliseconds);
        return new(milliseconds, BinaryPrimitives.ReadUInt128BigEndian(random));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(TextLength, this, static (span, id) => id.Write(span));

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        charsWritten = destination.Length >= TextLength ? TextLength : 0;
        if (charsWritten == 0) return false;
        Write(destination);
        return true;
    }

    /// <summary>Reads an id from its text, or throws <see cref="InvalidJobException"/>.</summary>
    /// <param name="text">36 characters.</param>
    public static JobId Parse(string text) => Parse(text.AsSpan(), null);

    /// <inheritdoc/>
    public static JobId Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <inheritdoc/>
    public static JobId Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, out var id) ? id : throw new InvalidJobException("id",
            $"'{Shorten(s)}' is not a job id; an id has {TextLength} characters of 0-9 and a-z without i, l, o and u.");

    /// <summary>Reads an id from its text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The id, or the default.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out JobId id)
    {
        id = default;
        if (text.Length != TextLength) return false;
        long time = 0;
        foreach (char c in text[..TimeLength])
        {
            int digit = Digit(c);
            if (digit < 0) return false;
            time = (time << 5) | (long)digit;
        }
        // 26 digits are 130 bits: a first digit over 7 would be a second spelling of a smaller number.
        if (time > MaxMilliseconds || Digit(text[TimeLength]) is > 7) return false;
        UInt128 random = UInt128.Zero;
        foreach (char c in text[TimeLength..])
        {
            int digit = Digit(c);
            if (digit < 0) return false;
            random = (random << 5) | (UInt128)(uint)digit;
        }
        id = new(time, random);
        return true;
    }

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out JobId result) => TryParse(s.AsSpan(), out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out JobId result) => TryParse(s, out result);

    /// <inheritdoc/>
    public bool Equals(JobId other) => _milliseconds == other._milliseconds && _random == other._random;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is JobId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(ulong)_random;

    /// <inheritdoc/>
    public int CompareTo(JobId other)
    {
        int byTime = _milliseconds.CompareTo(other._milliseconds);
        return byTime != 0 ? byTime : _random.CompareTo(other._random);
    }

    /// <summary>Whether both name the same job.</summary>
    public static bool operator ==(JobId left, JobId right) => left.Equals(right);

    /// <summary>Whether they name different jobs.</summary>
    public static bool operator !=(JobId left, JobId right) => !left.Equals(right);

    /// <summary>Whether the left id sorts before the right one.</summary>
    public static bool operator <(JobId left, JobId right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left id sorts before the right one or is the same.</summary>
    public static bool operator <=(JobId left, JobId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left id sorts after the right one.</summary>
    public static bool operator >(JobId left, JobId right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left id sorts after the right one or is the same.</summary>
    public static bool operator >=(JobId left, JobId right) => left.CompareTo(right) >= 0;

    private void Write(Span<char> span)
    {
        long time = _milliseconds;
        for (int i = TimeLength - 1; i >= 0; i--, time >>= 5) span[i] = Alphabet[(int)(time & 31)];
        UInt128 random = _random;
        for (int i = TextLength - 1; i >= TimeLength; i--, random >>= 5) span[i] = Alphabet[(int)(random & 31)];
    }

    /// <summary>
    /// Bytes of the system's random generator, fetched many at a time: a call for each id would cost as much as all else that is done for a
    /// job. What was given out is wiped, so that no id can be read from memory that is later dumped.
    /// </summary>
    private static class RandomBytes
    {
        [ThreadStatic]
        private static byte[]? _buffer;

        [ThreadStatic]
        private static int _used;

        public static void Take(Span<byte> bytes)
        {
            if (_buffer is null || _used + bytes.Length > _buffer.Length)
            {
                _buffer ??= new byte[1024];
                RandomNumberGenerator.Fill(_buffer);
                _used = 0;
            }
            var taken = _buffer.AsSpan(_used, bytes.Length);
            taken.CopyTo(bytes);
            taken.Clear();
            _used += bytes.Length;
        }
    }

    private static int Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'h' => c - 'a' + 10,
        'j' or 'k' => c - 'j' + 18,
        'm' or 'n' => c - 'm' + 20,
        >= 'p' and <= 't' => c - 'p' + 22,
        >= 'v' and <= 'z' => c - 'v' + 27,
        _ => -1,
    };

    private static string Shorten(ReadOnlySpan<char> text) => text.Length <= 48 ? text.ToString() : $"{text[..48]}…";
}
