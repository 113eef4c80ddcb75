package dev.inkling.explainers;

/**
 * The first right singular vector of a matrix: the direction in which its rows are longest.
 *
 * <p>By Lanczos' method on rowsᵀ · rows, which is never formed: ten or so multiplications by the rows and back cost less than the
 * products of all pairs of rows. It ends after as many of them as the shorter side has places, however close the lengths in two
 * directions may be; where they are equal, the start decides between these directions.
 *
 * @param direction a unit vector v that maximises ‖rows · v‖, of either sign; all zeros where the rows are
 * @param projections rows · v
 */
record PrincipalDirection(double[] direction, double[] projections) {

    /** A further multiplication would move the direction by no more; maps in float, whose digits end at 6e-8, show nothing of it. */
    private static final double CONVERGED = 1e-9;

    /** Its multiples' fractional parts lie evenly in [0, 1): a start that no matrix is made to be orthogonal to. */
    private static final double GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

    /**
     * Finds it.
     *
     * @param rows at least one, of equal length; read only
     */
    static PrincipalDirection of(double[][] rows) {
        int most = Math.min(rows.length, rows[0].length);
        double[][] basis = new double[most][];
        double[][] projections = new double[most][];
        TridiagonalMatrix matrix = new TridiagonalMatrix(most);
        double[] next = combination(rows, times(rows, start(rows[0].length), rows.length), rows.length);
        double length = length(next);
        if (length == 0) {
            return new PrincipalDirection(next, new double[rows.length]);
        }
        int size = 0;
        do {
            basis[size] = scaled(next, 1 / length);
            projections[size] = times(rows, next, rows.length);
            next = combination(rows, projections[size], rows.length);
            size++;
            // Along all of the basis: but for rounding, the last two would do.
            double[] known = times(basis, next, size);
            matrix.add(known[size - 1], length);
            add(next, -1, combination(basis, known, size));
            length = length(next);
        } while (size < most && !(length * matrix.last() <= CONVERGED * matrix.eigenvalue()));
        double[] weights = matrix.eigenvector();
        return new PrincipalDirection(combination(basis, weights, size), combination(projections, weights, size));
    }

    private static double[] start(int size) {
        double[] start = new double[size];
        for (int i = 0; i < size; i++) {
            double multiple = i * GOLDEN_RATIO;
            start[i] = 0.5 + multiple - Math.floor(multiple);
        }
        return start;
    }

    /** The first rows · vector. */
    private static double[] times(double[][] rows, double[] vector, int count) {
        double[] products = new double[count];
        int i = 0;
        for (; i + 7 < count; i += 8) {
            timesEight(products, rows, vector, i);
        }
        for (; i < count; i++) {
            products[i] = dot(rows[i], vector);
        }
        return products;
    }

    /** Eight rows at once: none of eight sums waits for another, and the vector is read an eighth as often. */
    private static void timesEight(double[] products, double[][] rows, double[] vector, int from) {
        double[] r0 = rows[from];
        double[] r1 = rows[from + 1];
        double[] r2 = rows[from + 2];
        double[] r3 = rows[from + 3];
        double[] r4 = rows[from + 4];
        double[] r5 = rows[from + 5];
        double[] r6 = rows[from + 6];
        double[] r7 = rows[from + 7];
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        for (int i = 0; i < vector.length; i++) {
            double value = vector[i];
            s0 += r0[i] * value;
            s1 += r1[i] * value;
            s2 += r2[i] * value;
            s3 += r3[i] * value;
            s4 += r4[i] * value;
            s5 += r5[i] * value;
            s6 += r6[i] * value;
            s7 += r7[i] * value;
        }
        products[from] = s0;
        products[from + 1] = s1;
        products[from + 2] = s2;
        products[from + 3] = s3;
        products[from + 4] = s4;
        products[from + 5] = s5;
        products[from + 6] = s6;
        products[from + 7] = s7;
    }

    /** Σ weightᵢ · rowᵢ over the first rows. */
    private static double[] combination(double[][] rows, double[] weights, int count) {
        double[] sum = new double[rows[0].length];
        int i = 0;
        for (; i + 3 < count; i += 4) {
            addFour(sum, weights, rows, i);
        }
        for (; i < count; i++) {
            add(sum, weights[i], rows[i]);
        }
        return sum;
    }

    /** Four rows at once, so that the sum is read and written a quarter as often. */
    private static void addFour(double[] sum, double[] weights, double[][] rows, int from) {
        double[] first = rows[from];
        double[] second = rows[from + 1];
        double[] third = rows[from + 2];
        double[] fourth = rows[from + 3];
        double a = weights[from];
        double b = weights[from + 1];
        double c = weights[from + 2];
        double d = weights[from + 3];
        for (int i = 0; i < sum.length; i++) {
            sum[i] += a * first[i] + b * second[i] + (c * third[i] + d * fourth[i]);
        }
    }

    /** Here each addition is of its own place, so that the processor does several at once. */
    private static void add(double[] sum, double weight, double[] values) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * values[i];
        }
    }

    private static double[] scaled(double[] vector, double factor) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= factor;
        }
        return vector;
    }

    private static double length(double[] vector) {
        return Math.sqrt(dot(vector, vector));
    }

    private static double dot(double[] a, double[] b) {
        // Four sums, since each addition would wait for the one before.
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            first += a[i] * b[i];
            second += a[i + 1] * b[i + 1];
            third += a[i + 2] * b[i + 2];
            fourth += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            first += a[i] * b[i];
        }
        return first + second + third + fourth;
    }
}
